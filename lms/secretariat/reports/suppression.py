"""Tables of counts in which no small group can be seen, nor reckoned from what is shown. Pure: values in, values out.

A count of 1 to 4 is shown as "<5". If it could still be found by subtracting others from a total, further counts are
hidden until it cannot. Whether it can is decided exactly: a hidden count is safe if the whole table could also be
another one, with another number in that place, that looks the same. In a table with totals such another table differs
by going round: one more here, one less there, along hidden counts, until every row and column adds up again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from math import inf

SMALL = 5
ANYTHING = (-inf, inf)
HIDDEN_IS = (SMALL, inf)


class Mark(StrEnum):
    """What stands in place of a count: it is 1 to 4, or it would give such a one away."""

    SMALL = "<5"
    HIDDEN = "*"


Shown = int | Mark
Cell = tuple[int, int]
Line = tuple[bool, int]
"""A row (True) or a column (False) with its number."""
Cost = tuple[int, int, int]
"""What a way round costs: how many totals are hidden for it, how many counts, and what they add up to."""


def shown(counts: Sequence[Sequence[int]], *, columns_add_up: bool = True) -> list[list[Shown]]:
    """The rows with their total at the end and, if the columns add up to something, a last row of totals."""
    table = _Table.of(counts, totals_shown=columns_add_up)
    while (exposed := table.exposed()) is not None:
        if not table.hide_around(exposed):
            table.hide_all()
            break
    last = len(table.values) if columns_add_up else len(counts)
    return [[table.face((i, j)) for j in range(len(row))] for i, row in enumerate(table.values[:last])]


@dataclass
class _Table:
    """Counts with a column and a row of totals. `bounds` is what a reader knows of each that is not shown."""

    values: list[list[int]]
    bounds: dict[Cell, tuple[float, float]]
    marks: dict[Cell, Mark]

    @classmethod
    def of(cls, counts: Sequence[Sequence[int]], *, totals_shown: bool) -> "_Table":
        rows = [[*row, sum(row)] for row in counts]
        values = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
        table = cls(values, {}, {})
        for i, j in table.cells():
            if i == len(rows) and not totals_shown:
                table.bounds[i, j] = ANYTHING
            elif 0 < values[i][j] < SMALL:
                table.bounds[i, j], table.marks[i, j] = (1, SMALL - 1), Mark.SMALL
        return table

    def cells(self) -> Iterator[Cell]:
        return ((i, j) for i, row in enumerate(self.values) for j in range(len(row)))

    def face(self, cell: Cell) -> Shown:
        return self.marks.get(cell, self.values[cell[0]][cell[1]])

    def exposed(self) -> Cell | None:
        """A hidden count that a reader could reckon, inner ones first."""
        return next((cell for cell in self.marks if self._way_round(cell, hiding=False) is None), None)

    def hide_around(self, exposed: Cell) -> bool:
        """Hide the counts that make this one safe and of which the reader misses least; False if there are none."""
        way = self._way_round(exposed, hiding=True)
        for cell in way or ():
            # Whoever knows this procedure knows that it hides no count below SMALL in this way.
            self.bounds[cell], self.marks[cell] = HIDDEN_IS, Mark.HIDDEN
        return bool(way)

    def hide_all(self) -> None:
        """The last resort: nothing is said of any count but whether it is none."""
        for cell in self.cells():
            if self._value(cell) and self.bounds.get(cell) != ANYTHING:
                self.bounds[cell], self.marks[cell] = (1, inf), Mark.HIDDEN

    def _value(self, cell: Cell) -> int:
        return self.values[cell[0]][cell[1]]

    def _is_total(self, cell: Cell) -> int:
        return (cell[0] == len(self.values) - 1) + (cell[1] == len(self.values[0]) - 1)

    def _can_move(self, cell: Cell, step: int, *, hiding: bool) -> bool:
        """Whether the balance of a row and a column may change by one here; a total counts against what it sums."""
        if cell not in self.bounds and not (hiding and self._value(cell)):
            return False
        low, high = self.bounds.get(cell, HIDDEN_IS)
        return low <= self._value(cell) + (-step if self._is_total(cell) == 1 else step) <= high

    def _way_round(self, start: Cell, *, hiding: bool) -> list[Cell] | None:
        """The shown counts to hide so that `start` could be one more or less, the cheapest way; None if there is none.

        Unless `hiding`, only along what is hidden already.
        """
        ways = [self._search(start, step, hiding=hiding) for step in (1, -1)]
        return min(filter(None, ways), key=lambda way: way[0], default=(None, None))[1]

    def _search(self, start: Cell, step: int, *, hiding: bool) -> tuple[Cost, list[Cell]] | None:
        if not self._can_move(start, step, hiding=hiding):
            return None
        # One more in a row is evened out by one less in the same column, that by one more in its row, and so on round.
        row, column = (True, start[0]), (False, start[1])
        begin, goal = (column, row) if step > 0 else (row, column)
        waiting: list[tuple[Cost, Line, list[Cell]]] = [((0, 0, 0), begin, [])]
        seen: set[Line] = set()
        while waiting:
            cost, line, way = heappop(waiting)
            if line == goal:
                return cost, way
            if line in seen:
                continue
            seen.add(line)
            is_row, number = line
            for other in range(len(self.values[0] if is_row else self.values)):
                cell = (number, other) if is_row else (other, number)
                if cell == start or not self._can_move(cell, 1 if is_row else -1, hiding=hiding):
                    continue
                hides = cell not in self.bounds
                more = (self._is_total(cell), 1, self._value(cell)) if hides else (0, 0, 0)
                total = (cost[0] + more[0], cost[1] + more[1], cost[2] + more[2])
                heappush(waiting, (total, (not is_row, other), [*way, cell] if hides else way))
        return None
