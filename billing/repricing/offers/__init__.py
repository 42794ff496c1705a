"""What a campaign offers each customer: told in time, answered or not, and moved at a renewal."""
