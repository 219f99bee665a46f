"""What leaves the desk in numbers: the month report for the funder, and the export for the auditor."""
