"""Squares, by a pool of two workers."""

from mpi4py.futures import MPIPoolExecutor


def square(number):
    return number * number


if __name__ == "__main__":
    with MPIPoolExecutor(max_workers=2) as pool:
        print(list(pool.map(square, range(5))), flush=True)
