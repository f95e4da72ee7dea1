"""The content types' names."""

JSON = "application/json"
CSV = "text/csv"
OCTET_STREAM = "application/octet-stream"
ANY = "*/*"
NPY = "application/x-npy"
JPEG, PNG, TIFF = "image/jpeg", "image/png", "image/tiff"
BMP, GIF, WEBP, X_IMAGE = "image/bmp", "image/gif", "image/webp", "image/x-image"
FLAC, MP3, WAV, OGG, X_AUDIO = "audio/x-flac", "audio/mpeg", "audio/wave", "audio/ogg", "audio/x-audio"
UTF8_TYPES = [JSON, CSV]
