"""Text templates of ApplicationSets: Go's text/template with functions, and the older `{{name}}`.

A template comes from an untrusted repository: evaluation is bounded, and reads nothing but its
parameters.
"""
