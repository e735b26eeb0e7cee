"""Pages of rows of any size, cut so that a reader's memory stays flat."""


def portion(page: str, *, order: str, size: str, most: int) -> str:
    """The first rows of a page, ending with the one that exceeds ``$most`` bytes.

    ``order`` are the columns by which the page is sorted, ``size`` the bytes of a row.
    ``page_rows`` says how many rows the whole page has.
    """
    return f"""
select * from (
    select *, count(*) over () page_rows,
           sum({size}) over (order by {order} rows unbounded preceding) - {size} bytes_before
    from ({page}) page) portion
where bytes_before < ${most}::bigint
order by {order}
"""  # noqa: S608  # text of ours
