"""The door for programs: REST, resource-shaped, described by its own OpenAPI document."""
