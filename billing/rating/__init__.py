"""What things cost. Pure: plain values in, plain values out."""
