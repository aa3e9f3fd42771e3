#!/bin/sh
# The bytes of six tables of numbers that are compressed in the order of $1, as in 4,0,1,3,2,5:
#
#     discrete optimize --order 6 --exec 'sh Examples/Programs/rows.sh' --budget 200 --workers 2
#
# Tables that are alike profit from standing close together.
set -e
for table in $(echo "$1" | tr , ' '); do
  seq $((table % 3 * 1000)) $((table % 2 + 3)) $((table % 3 * 1000 + 20000))
done | gzip -9 | wc -c
