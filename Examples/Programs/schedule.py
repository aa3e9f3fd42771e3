"""The total lateness of ten jobs on one machine, in the order that is asked about:

    discrete optimize --order 10 --command 'python3 Examples/Programs/schedule.py' --budget 2000
"""

import sys

HOURS = [4, 7, 2, 9, 3, 6, 5, 8, 1, 6]
DUE = [9, 20, 5, 44, 12, 30, 18, 51, 3, 38]

sys.stdin.readline()  # the header: the space, which is known here
for line in sys.stdin:
    id, point = line.rstrip("\n").split("\t")
    clock = lateness = 0
    for job in map(int, point.split(",")):
        clock += HOURS[job]
        lateness += max(0, clock - DUE[job])
    print(id, lateness, sep="\t", flush=True)
