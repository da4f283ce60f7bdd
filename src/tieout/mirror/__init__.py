"""Our copy of a company's QuickBooks records: filled once, then followed, every version kept."""
