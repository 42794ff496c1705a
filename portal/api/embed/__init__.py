"""
Inside other products: the components, their tokens, and the answers that they read.

The only part of the API that browsers of other sites may call.
"""
