"""No small group can be reckoned from a table that is shown, whatever is subtracted from whatever."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.secretariat.reports.suppression import Mark, shown

S, H = Mark.SMALL, Mark.HIDDEN


def test_large_counts_and_none_are_shown_with_their_totals():
    assert shown([[10, 0], [7, 5]]) == [[10, 0, 10], [7, 5, 12], [17, 5, 22]]


def test_a_small_count_takes_another_of_its_row_with_it():
    assert shown([[3, 20, 9]], columns_add_up=False) == [[S, 20, H, 32]]


def test_a_small_count_takes_the_corners_of_a_square_with_it():
    assert shown([[3, 20, 30], [9, 40, 50]]) == [[S, H, 30, 53], [H, H, 50, 99], [12, 60, 80, 152]]


def test_two_small_counts_that_only_one_pair_can_make_are_not_left_alone():
    """1 + 1 is the only sum of two counts of 1 to 4 that makes 2, and 4 + 4 the only one that makes 8."""
    assert shown([[4, 4, 30]], columns_add_up=False) == [[S, S, H, 38]]
    assert shown([[1, 1]], columns_add_up=False) == [[S, S, S]]


def test_two_small_counts_that_several_pairs_can_make_are_enough():
    assert shown([[2, 3, 30]], columns_add_up=False) == [[S, S, 30, 35]]


def test_a_lonely_small_count_hides_its_totals():
    assert shown([[3, 0], [0, 0]]) == [[S, 0, S], [0, 0, 0], [S, 0, S]]


def test_an_empty_table_is_shown_as_it_is():
    assert shown([[0, 0]]) == [[0, 0, 0], [0, 0, 0]]
    assert shown([[]]) == [[0], [0]]


def whole(counts):
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def possible(mark, value):
    """What a reader can think stands there, near the truth: more would be possible, but this is enough to doubt."""
    if mark == S:
        return range(1, 5)
    return [value] if mark != H else range(max(5, value - 3), max(5, value) + 4)


tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9, 30]), min_size=width, max_size=width), min_size=1, max_size=2)
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(tables, st.booleans())
def test_every_hidden_count_could_be_another(counts, columns_add_up):
    faces = shown(counts, columns_add_up=columns_add_up)
    truth = whole(counts)
    height, width = len(counts), len(counts[0])
    inner = [(i, j) for i in range(height) for j in range(width)]
    if faces[0][-1] is H and all(face in {0, H} for row in faces for face in row):
        return  # the last resort: nothing is said at all

    seen = {}
    for guess in product(*(possible(faces[i][j], counts[i][j]) for i, j in inner)):
        table = whole([list(guess[i * width : (i + 1) * width]) for i in range(height)])
        fits = all(
            table[i][j] == truth[i][j] if not isinstance(face, Mark) else (table[i][j] in range(1, 5) if face == S else table[i][j] >= 5)
            for i, row in enumerate(faces)
            for j, face in enumerate(row)
        )  # fmt: skip
        if fits:
            for i, row in enumerate(faces):
                for j, face in enumerate(row):
                    if isinstance(face, Mark):
                        seen.setdefault((i, j), set()).add(table[i][j])

    hidden = {(i, j) for i, row in enumerate(faces) for j, face in enumerate(row) if isinstance(face, Mark)}
    assert {cell for cell in hidden if len(seen.get(cell, ())) < 2} == set()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), min_size=6, max_size=6), min_size=9, max_size=9))
def test_no_small_count_is_shown_and_none_can_be_subtracted(counts):
    faces = shown(counts)
    truth = whole(counts)

    for i, row in enumerate(faces):
        for j, face in enumerate(row):
            assert face in {truth[i][j], S, H}
            assert not (isinstance(face, int) and 0 < face < 5)
    lines = [*faces, *map(list, zip(*faces, strict=True))]
    assert [line for line in lines if sum(isinstance(face, Mark) for face in line) == 1] == []
