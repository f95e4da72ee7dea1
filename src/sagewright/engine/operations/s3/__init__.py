"""Amazon S3. Codes, statuses and messages: Amazon S3 API Reference, "Error responses"."""
