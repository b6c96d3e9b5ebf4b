#!/usr/bin/env bash
# demo.sh PINCITE QUESTIONS: asks each line of the file, printing the question and its answer.
set -euo pipefail
pincite=$1 questions=$2

while IFS= read -r question || [ -n "$question" ]; do
  case $question in '' | '#'*) continue ;; esac
  printf '\n\033[1m> %s\033[0m\n' "$question"
  "$pincite" ask "$question" </dev/null # or it would read the other questions
done <"$questions"
