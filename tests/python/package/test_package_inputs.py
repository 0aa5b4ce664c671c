"""Every form of the same data gives the same model."""

import alsace
import numpy as np
import pytest
import scipy.sparse as sp

ALS = alsace.ImplicitALS


def hash_of(data=None, **columns):
    return ALS(factors=4, iterations=3).fit(data, **columns).model_hash


@pytest.fixture
def expected(plays):
    return hash_of(plays)


@pytest.mark.parametrize("make", [sp.csr_matrix, sp.csr_array, sp.coo_matrix, sp.csc_array, sp.lil_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.int32, np.int64, np.uint16])
def test_scipy(plays, expected, make, dtype):
    assert hash_of(make(plays.astype(dtype))) == expected


@pytest.mark.parametrize("offsets", [np.int32, np.int64])
@pytest.mark.parametrize("indices", [np.int32, np.int64])
def test_index_types(plays, expected, offsets, indices):
    plays.indptr = plays.indptr.astype(offsets)
    plays.indices = plays.indices.astype(indices)

    assert hash_of(plays) == expected


def test_rows_out_of_order_and_repeated_entries(plays, expected):
    scrambled = plays.copy()
    for row in range(plays.shape[0]):
        part = slice(plays.indptr[row], plays.indptr[row + 1])
        scrambled.indices[part] = plays.indices[part][::-1]
        scrambled.data[part] = plays.data[part][::-1]
    scrambled.has_sorted_indices = False
    assert hash_of(scrambled) == expected

    coo = plays.tocoo()
    halves = sp.csr_matrix(plays.shape, dtype=np.float32)
    halves.indptr = 2 * plays.indptr
    halves.indices = np.repeat(plays.indices, 2)
    halves.data = np.repeat(plays.data / 2, 2)
    assert hash_of(halves) == expected
    assert coo.nnz * 2 == halves.nnz


def test_views_that_are_not_contiguous(plays, expected):
    plays.indices = np.repeat(plays.indices, 2)[::2]
    plays.data = np.repeat(plays.data, 2)[::2]

    assert hash_of(plays) == expected


def test_input_is_left_alone(plays):
    before = plays.copy()

    hash_of(plays)

    assert (before != plays).nnz == 0
    assert before.indices.tolist() == plays.indices.tolist()


def test_dense(plays, expected):
    assert hash_of(plays.toarray()) == expected
    assert hash_of(np.asfortranarray(plays.toarray().astype(np.float64))) == expected


def test_columns(triplets, expected):
    user, item, value = triplets
    assert hash_of(user=user, item=item, value=value) == expected
    assert hash_of(user=user.tolist(), item=item.tolist(), value=value.tolist()) == expected
    assert hash_of({"user": user, "item": item, "rating": value}) == expected
    assert hash_of(user=[str(u) for u in user], item=item.astype("U9"), value=value) == expected


def test_a_file(csv_file, expected):
    assert hash_of(csv_file) == expected
    assert hash_of(str(csv_file)) == expected
    assert hash_of([csv_file]) == expected
    assert hash_of(csv_file, user="user", item="item", value="value") == expected


def frames(user, item, value):
    """The same columns in every kind of frame that is installed."""
    columns = {"user": user, "item": item, "value": value}
    pandas = pytest.importorskip("pandas").DataFrame(columns)
    yield "pandas", pandas
    yield "pandas text", pandas.astype({"user": str, "item": str})
    yield "pandas categories", pandas.astype({"user": "category", "item": str}).astype({"item": "category"})
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(columns)
    yield "polars", frame
    text = frame.with_columns(polars.col("user", "item").cast(polars.String))
    yield "polars text", text
    yield "polars categories", text.with_columns(polars.col("item").cast(polars.Categorical))
    yield "polars chunks", polars.concat([frame[:100], frame[100:]], rechunk=False)
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(columns)
    yield "pyarrow", table
    yield "pyarrow slice", pyarrow.concat_tables([table.slice(0, 57), table.slice(57)])
    yield "pyarrow narrow", table.cast(
        pyarrow.schema([("user", pyarrow.uint16()), ("item", pyarrow.large_utf8()), ("value", pyarrow.int8())])
    )


def test_frames(triplets, expected):
    for name, frame in frames(*triplets):
        assert hash_of(frame) == expected, name
        renamed = frame.rename_columns(["u", "i", "v"]) if name.startswith("pyarrow") else (
            frame.rename({"user": "u", "item": "i", "value": "v"})
            if name.startswith("polars")
            else frame.rename(columns={"user": "u", "item": "i", "value": "v"})
        )
        assert hash_of(renamed, user="u", item="i", value="v") == expected, name


def test_duckdb(triplets, expected):
    duckdb = pytest.importorskip("duckdb")
    user, item, value = triplets
    plays = {"user": user, "item": item, "value": value}
    frame = pytest.importorskip("pandas").DataFrame(plays)  # noqa: F841, DuckDB finds it by name.

    assert hash_of(duckdb.sql("select * from frame")) == expected
    query = 'select "user", item, sum(value::int) as value from frame group by all order by "user", item'
    assert hash_of(duckdb.sql(query)) == expected, "sums are 128-bit decimals or integers"


def test_parquet(triplets, tmp_path, expected):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table(dict(zip(("user", "item", "value"), triplets))), tmp_path / "p.parquet")

    assert hash_of(tmp_path / "p.parquet") == expected


def test_interactions_can_be_fitted_again_and_again(plays, expected):
    data = alsace.interactions(plays)

    assert hash_of(data) == expected
    assert hash_of(data) == expected
    assert data.size == plays.nnz


def test_times_decide_the_last_rating():
    model = alsace.ExplicitALS(factors=2)
    times = np.array(["2024-01-02", "2024-01-01", "2024-01-01"], dtype="datetime64[D]")
    columns = {"user": [1, 1, 2], "item": [5, 5, 6], "value": [1.0, 4.0, 2.0]}

    model.fit(columns | {"time": times})

    assert model._fitted().interactions()[2].tolist() == [1.0, 2.0]
    pandas = pytest.importorskip("pandas")
    assert model.fit(pandas.DataFrame(columns | {"time": times})).model_hash == model.model_hash


def test_filters():
    data = alsace.interactions(
        user=["a", "a", "b", "c"], item=["x", "y", "x", "x"], value=[5, 1, 4, 3], min_value=3, binary=True
    )

    assert (data.size, data.n_users, data.n_items) == (3, 3, 1)
    assert data.values.size == 0
    assert list(data.user_ids()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "data, columns, words",
    [
        (3, {}, "cannot be read from int"),
        (None, {"user": [1]}, "item="),
        ({"user": [1], "item": [2]}, {"value": "stars"}, "no column 'stars'"),
        ({"who": [1], "what": [2]}, {}, "which column holds the users"),
        ({"user": [1], "item": [None]}, {}, "type NoneType"),
        ({"user": [1, "a"], "item": [1, 2]}, {}, "partly"),
        ({"user": [1.5], "item": [1]}, {}, "type float"),
        ({"user": [""], "item": [1]}, {}, "empty"),
        ({"user": [1, 2], "item": [1]}, {}, "2 users, 1 items"),
        ({"user": [1], "item": [1], "value": ["many"]}, {}, "numbers"),
        (np.ones((2, 2)), {"user": "user"}, "no columns by name"),
        (np.ones((2, 2, 2)), {}, "expected (users, items)"),
        (np.array([[1.0, np.inf]]), {}, "finite"),
        (np.array([[1.0, -1.0]]), {}, "dislikes"),
        (np.zeros((2, 2)), {}, "nothing to train on"),
    ],
)
def test_what_cannot_be_taken_says_why(data, columns, words):
    with pytest.raises(alsace.Error) as error:
        hash_of(data, **columns)

    assert isinstance(error.value, ValueError)
    assert words in str(error.value)


def test_nulls_say_where():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"user": ["a", None], "item": [1, 2]})

    with pytest.raises(alsace.InvalidData, match="'user' has a null at row 1"):
        hash_of(table)


@pytest.mark.parametrize("broken", ["negative column", "column too large", "falling offsets", "short data"])
def test_broken_matrices_are_refused(plays, broken):
    if broken == "negative column":
        plays.indices[3] = -1
    elif broken == "column too large":
        plays.indices[3] = plays.shape[1]
    elif broken == "falling offsets":
        plays.indptr[2] = plays.indptr[-1]
    else:
        plays.data = plays.data[:-1]

    with pytest.raises(alsace.InvalidArgument):
        hash_of(plays)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: model.recommend(history=np.array(3)), "history has shape"),
        (lambda model: model.fold_in(np.zeros((2, 2, 2))), "history has shape"),
        (lambda model: model.recommend("\ud800"), "surrogate"),
        (lambda model: model.recommend(np.zeros((2, 2), dtype=int)), "2 dimensions"),
        (lambda model: model.recommend(history=sp.csr_matrix((1, 9))), "history has shape"),
        (lambda model: model.partial_fit_users([1, 2], [[1], [2]]), "user_items must be a matrix"),
        (lambda model: model.similar_items(sp.eye(3)), "not a dia_matrix"),
        (lambda model: model.fit(user=[1, 2], item=[1, 2], value=[[1], [2, 3]]), "value is no array"),
        (lambda model: model.fit("plays\0.csv"), "NUL"),
        (lambda model: model.save("plays\0.alsace"), "NUL"),
        (lambda _: ALS(preset=np.zeros(2)).fit(np.eye(3)), "preset"),
    ],
)
def test_odd_calls_are_refused_in_words(plays, call, words):
    model = ALS(factors=4, iterations=1).fit(plays)
    with pytest.raises(alsace.InvalidArgument, match=words):
        call(model)


def test_the_second_of_two_bad_id_columns_frees_the_first_once(plays):
    for _ in range(20):
        with pytest.raises(alsace.InvalidArgument, match="item_ids has 'x' twice"):
            ALS().fit(plays, user_ids=[f"user {row}" for row in range(120)], item_ids=["x"] * 50)


def test_a_parquet_file_that_is_not_there_or_not_one(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "bad.parquet").write_text("user,item")
    with pytest.raises(alsace.InvalidData, match="bad.parquet"):
        ALS().fit(tmp_path / "bad.parquet")
    with pytest.raises(OSError, match="none.parquet") as raised:
        ALS().fit(tmp_path / "none.parquet")
    assert isinstance(raised.value, alsace.IoError)
