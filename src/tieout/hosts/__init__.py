"""Host adapters, which bring a business system's documents and payments, and the contract they keep."""
