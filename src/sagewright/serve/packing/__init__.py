"""Writing the folder that goes to the container, and putting it into S3."""
