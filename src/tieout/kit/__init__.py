"""Clock, ids, the error tree, encryption, text: what everything stands on and nothing about business."""
