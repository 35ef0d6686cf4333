"""Pure computation for public-safety service: roads, times, ranking, life cycles. Numbers in, numbers out."""
