"""The code behind the pages of the MLOps Tools Landscape course.

One subject a module or folder; nothing in here imports a chapter.
"""
