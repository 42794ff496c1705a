"""What nobody should send, in every place where something can be sent."""
