"""The user's code on its way to a job: which files, the archive, the upload, clones of git repositories."""
