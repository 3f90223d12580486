"""What bench/compare is made of, from the bottom up: launch and machine (processes and cores), responder
(dnswarm-sim), clients (who is compared), rounds (sweeps, alternation, medians), side_by_side (the plain
comparison), and for --all table, rows_* and all_rows. Python's standard library only."""
