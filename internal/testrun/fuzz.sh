#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each, and fails if
# one finds something. `make fuzz` calls it.
set -euo pipefail
time=${1:-30s}
found=0
while IFS=: read -r file name; do
  found=$((found + 1))
  dir=./$(dirname "$file")
  echo "fuzz $dir $name $time"
  # Else most of a short run goes into making interesting inputs shorter.
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 1s "$dir"
done < <(grep -rhoE --include='*_test.go' -H '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's/:func /:/; s#^\./##' | grep -v '^interop/\|^bench/')
[ "$found" -gt 0 ] || { echo "fuzz: no target found"; exit 1; }
echo "fuzz: $found targets, $time each, nothing found"
