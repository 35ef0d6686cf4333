"""The shell around the pages: addresses, middleware, the server itself."""
