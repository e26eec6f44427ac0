"""Local stand-ins of cloud services: real protocol, real client, on 127.0.0.1."""
