"""Pages of repairs: form → action → redirect or fragment."""
