"""The two ways in which a template gives no text."""

from __future__ import annotations


class TemplateError(Exception):
    """A template that Argo CD refuses too; the text is the reason."""


class NotEvaluatedError(Exception):
    """A template that is not evaluated here; the text is the reason."""
