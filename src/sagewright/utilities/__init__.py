"""What conditions of searches are made of, and a cache (v2's own path)."""
