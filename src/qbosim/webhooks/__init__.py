"""Webhooks: changes of covered entities, told to the apps that are connected to the company."""
