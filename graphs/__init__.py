"""The flow itself: state, nodes, edges, citing. Knows LangChain interfaces, never the application."""
