"""Speed and memory, each figure beside the limit or the peer it is measured against."""
