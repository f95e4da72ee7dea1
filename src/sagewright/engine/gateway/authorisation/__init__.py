"""May the caller do that: what policies ask about a request, who decides, and in which words it is refused."""
