"""Lectures, their recordings and captions, and what of them somebody has watched."""
