"""The local model: its weights, llama.cpp in this process, and a chat model that talks to it."""
