"""AWS's signatures, from the side that checks them. Pure: values in, a verdict out.

`claims.py` finds what a request says of itself, `v4.py` and `v2.py` compute what its signature should be, `chunks.py`
the signatures inside of a body, `forms.py` those of a browser's upload. Nothing here knows whose key is whose.

Sources: AWS General Reference, "Signing AWS API requests"; Amazon S3 API Reference, "Authenticating Requests (AWS
Signature Version 4)"; "Authenticating requests using the REST API" (version 2).
"""
