"""Who has sent a request over the network: whose key signed it, and that its body is the one that was signed."""
