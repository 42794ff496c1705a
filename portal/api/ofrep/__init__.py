"""
The OpenFeature Remote Evaluation Protocol, so that OpenFeature's own clients work unchanged.

https://github.com/open-feature/protocol
"""
