"""Browsers' uploads to S3: forms (`multipart/form-data`) whose last field is the file."""
