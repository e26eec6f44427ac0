"""Building the book: which chapters there are, what each depends on, running them, rendering.

Running the chapters is separate from rendering the pages, so that chapters run in parallel and
all failures are seen in one run; the pages then take every output from the cache.
"""
