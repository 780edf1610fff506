"""What a nurse types, parsed and echoed: dates, times, numbers with units, lines of vaccine doses."""
