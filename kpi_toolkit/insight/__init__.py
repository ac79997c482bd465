"""What the numbers mean: compared, told from noise, checked against what was reported, and said in
words.
"""
