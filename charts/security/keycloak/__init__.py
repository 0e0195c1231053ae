"""Single sign-on by Keycloak."""
