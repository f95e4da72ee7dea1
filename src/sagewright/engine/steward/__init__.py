"""The background process of a home: it carries on what operations have written down."""
