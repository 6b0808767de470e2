"""The HTTP server of `ivr serve`: keeps workers, and reads a whole request before it takes a thread of the engine.

Why not a ready server: granian, gunicorn and waitress let a thread wait for the body, or count an idle connection as a
request, or end when workers die fast. The parser is llhttp's, as in Node and uvicorn.
"""
