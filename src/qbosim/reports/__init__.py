"""Reports from the books, as `GET /reports/{Name}` answers them."""
