"""A campaign of requests against the gateway: valid, nearly valid, damaged, hostile."""
