"""What serializers write and what deserializers read."""

from __future__ import annotations

import io
from typing import Any

from tests.parity.world import World


def csv(world: World) -> Any:
    import numpy as np

    write = world["serializers.CSVSerializer"]().serialize
    return [
        write("1,2\n3,4"),
        write([1, 2.5, "x"]),
        write((1, 2)),
        write([[1, 2], [3, 4]]),
        write(["1,2", "3,4"]),
        write(np.array([1.0, 2.0])),
        write(np.array([[1, 2], [3, 4]])),
        write(io.StringIO("5,6")),
        write(['say "hi"', "a,b"]),
        write([["a b", None], [True, 1e-9]]),
    ]


def csv_of_nothing(world: World) -> Any:
    return world["serializers.CSVSerializer"]().serialize([])


def csv_of_a_number(world: World) -> Any:
    return world["serializers.CSVSerializer"]().serialize(3)


def json(world: World) -> Any:
    import numpy as np

    write = world["serializers.JSONSerializer"]().serialize
    return [
        write({"instances": [1, 2.5], "x": None}),
        write([1, "é"]),
        write("text"),
        write({"array": np.array([[1, 2]])}),
        write(np.array([1.5])),
        write(io.StringIO('{"a": 1}')),
    ]


def json_lines(world: World) -> Any:
    write = world["serializers.JSONLinesSerializer"]().serialize
    return [write([{"a": 1}, {"b": 2}]), write('{"a": 1}'), write(io.StringIO('{"a": 1}\n'))]


def json_lines_of_a_number(world: World) -> Any:
    return world["serializers.JSONLinesSerializer"]().serialize(3)


def numpy(world: World) -> Any:
    import numpy as np

    serializer = world["serializers.NumpySerializer"]
    values = [
        serializer().serialize([[1, 2], [3, 4]]),
        serializer(dtype="float32").serialize([1, 2]),
        serializer().serialize(np.array([1.5])),
    ]
    return [np.load(io.BytesIO(value)) for value in values]


def numpy_of_nothing(world: World) -> Any:
    return world["serializers.NumpySerializer"]().serialize([])


def identity(world: World) -> Any:
    serializer = world["serializers.IdentitySerializer"]
    return [serializer().serialize(b"x"), serializer().CONTENT_TYPE, serializer("text/csv").CONTENT_TYPE]


def libsvm(world: World) -> Any:
    write = world["serializers.LibSVMSerializer"]().serialize
    return [write("1 1:2"), write(["1 1:2", "0 2:3"]), write(io.StringIO("0 1:1"))]


def text(world: World) -> Any:
    return world["serializers.StringSerializer"]().serialize("é")


def text_of_a_number(world: World) -> Any:
    return world["serializers.StringSerializer"]().serialize(3)


def raw_bytes(world: World) -> Any:
    return world["serializers.DataSerializer"]().serialize(b"\x00\x01")


def records(world: World) -> Any:
    import numpy as np

    write = world["serializers.RecordSerializer"]().serialize
    arrays = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.5, 2], "float32"), np.array([[-1, 300]])]
    return [write(array).read() for array in arrays]


def records_of_three_dimensions(world: World) -> Any:
    import numpy as np

    return world["serializers.RecordSerializer"]().serialize(np.zeros((1, 2, 3)))


def content_types(world: World) -> Any:
    names = ["CSV", "Numpy", "JSON", "Identity", "JSONLines", "LibSVM", "Data", "String", "Record", "SparseMatrix"]
    return [world[f"serializers.{name}Serializer"]().CONTENT_TYPE for name in names]


def content_type_that_is_no_text(world: World) -> Any:
    return world["serializers.CSVSerializer"](content_type=3)


def accepts(world: World) -> Any:
    names = ["String", "Bytes", "CSV", "Stream", "Numpy", "JSON", "Pandas", "JSONLines", "Record"]
    return [list(world[f"deserializers.{name}Deserializer"]().ACCEPT) for name in names]


def read_csv(world: World) -> Any:
    read = world["deserializers.CSVDeserializer"]()
    return [_read(read, b"1,2\n3,4\n", "text/csv"), _read(read, b'"a,b",c', "text/csv"), _read(read, b"", "text/csv")]


def read_json(world: World) -> Any:
    read = world["deserializers.JSONDeserializer"]()
    return [_read(read, b'{"a": [1, null]}', "application/json"), _read(read, b"3", "text/plain")]


def read_json_lines(world: World) -> Any:
    return _read(world["deserializers.JSONLinesDeserializer"](), b'{"a": 1}\n{"b": 2}\n', "application/jsonlines")


def read_text(world: World) -> Any:
    return _read(world["deserializers.StringDeserializer"](), "é".encode(), "text/plain")


def read_bytes(world: World) -> Any:
    return _read(world["deserializers.BytesDeserializer"](), b"\x00", "x/y")


def read_stream(world: World) -> Any:
    stream, content_type = world["deserializers.StreamDeserializer"]().deserialize(io.BytesIO(b"abc"), "x/y")
    return [stream.read(), content_type]


def read_numpy(world: World) -> Any:
    import numpy as np

    saved = io.BytesIO()
    np.save(saved, np.array([[1.0, 2.0]]))
    read = world["deserializers.NumpyDeserializer"]()
    return [
        _read(read, saved.getvalue(), "application/x-npy"),
        _read(read, b"1,2\n3,4", "text/csv"),
        _read(read, b"[[1, 2]]", "application/json"),
    ]


def read_numpy_of_another_type(world: World) -> Any:
    return _read(world["deserializers.NumpyDeserializer"](), b"", "text/plain")


def read_pandas(world: World) -> Any:
    read = world["deserializers.PandasDeserializer"]()
    frames = [_read(read, b"a,b\n1,2\n", "text/csv"), _read(read, b'[{"a": 1}]', "application/json")]
    return [frame.to_dict(orient="records") for frame in frames]


def read_pandas_of_another_type(world: World) -> Any:
    return _read(world["deserializers.PandasDeserializer"](), b"", "text/plain")


def read_records(world: World) -> Any:
    import numpy as np

    written = world["serializers.RecordSerializer"]().serialize(np.array([[1.0, 2.0]]))
    records = world["deserializers.RecordDeserializer"]().deserialize(written, "application/x-recordio-protobuf")
    return [list(record.features["values"].float64_tensor.values) for record in records]


def read_numpy_that_is_pickled(world: World) -> Any:
    import numpy as np

    saved = io.BytesIO()
    np.save(saved, np.array([{"a": 1}], dtype=object))
    return _read(world["deserializers.NumpyDeserializer"](), saved.getvalue(), "application/x-npy")


def sparse(world: World) -> Any:
    import scipy.sparse

    serializer = world["serializers.SparseMatrixSerializer"]()
    written = serializer.serialize(scipy.sparse.csr_matrix([[0.0, 1.5], [2.0, 0.0]]))
    return [scipy.sparse.load_npz(io.BytesIO(written)).toarray(), serializer.CONTENT_TYPE]


def data_of_a_dictionary(world: World) -> Any:
    return world["serializers.DataSerializer"]().serialize({"data": b"x", "other": 1})


def records_with_labels(world: World) -> Any:
    import numpy as np

    write, files = world["amazon.common.write_numpy_to_dense_tensor"], [io.BytesIO() for _ in range(4)]
    write(files[0], np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5, 6]))
    write(files[1], np.array([[-1, 300]]), np.array([0.5]))
    write(files[2], np.array([[1.5]], "float32"), np.array([2.5], "float32"))
    write(files[3], np.zeros((0, 2)))
    return [file.getvalue() for file in files]


def records_of_a_sparse_matrix(world: World) -> Any:
    import numpy as np
    import scipy.sparse

    file = io.BytesIO()
    matrix = scipy.sparse.csc_matrix([[0.0, 1.5, 0.0], [2.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
    world["amazon.common.write_spmatrix_to_sparse_tensor"](file, matrix, np.array([1.0, 2.0, 3.0]))
    file.seek(0)
    records = world["amazon.common.read_records"](file)
    tensors = [record.features["values"].float64_tensor for record in records]
    labels = [list(record.label["values"].float64_tensor.values) for record in records]
    return [file.getvalue(), [[list(t.values), list(t.keys), list(t.shape)] for t in tensors], labels]


def records_of_a_dense_matrix_as_sparse(world: World) -> None:
    import numpy as np

    world["amazon.common.write_spmatrix_to_sparse_tensor"](io.BytesIO(), np.zeros((2, 2)))


def records_of_a_vector(world: World) -> None:
    import numpy as np

    world["amazon.common.write_numpy_to_dense_tensor"](io.BytesIO(), np.zeros(2))


def records_with_too_many_labels(world: World) -> None:
    import numpy as np

    world["amazon.common.write_numpy_to_dense_tensor"](io.BytesIO(), np.zeros((2, 3)), np.zeros(4))


def records_with_labels_in_columns(world: World) -> None:
    import numpy as np

    world["amazon.common.write_numpy_to_dense_tensor"](io.BytesIO(), np.zeros((2, 3)), np.zeros((2, 1)))


def records_of_another_type(world: World) -> None:
    import numpy as np

    world["amazon.common.write_numpy_to_dense_tensor"](io.BytesIO(), np.zeros((2, 3), "int8"))


def records_read(world: World) -> Any:
    import numpy as np

    file = io.BytesIO()
    world["amazon.common.write_numpy_to_dense_tensor"](file, np.array([[1.0, 2.0]], "float32"), np.array([7]))
    file.seek(0)
    [record] = world["amazon.common.read_records"](file)
    return [
        list(record.features["values"].float32_tensor.values),
        list(record.features["values"].float64_tensor.values),
        list(record.label["values"].int32_tensor.values),
        list(record.label["nothing"].int32_tensor.values),
        "other" in record.label,
        len(list(world["amazon.common.read_recordio"](io.BytesIO(file.getvalue())))),
    ]


def _read(deserializer: Any, content: bytes, content_type: str) -> Any:
    return deserializer.deserialize(io.BytesIO(content), content_type)
