"""The toolkit every feature's views use: request context, access, forms, pages, errors, security."""
