"""Reconciling two systems that both have a past: who is who, and what is what."""
