"""The pages, each a set of routes that call operations and show what they answer."""
