"""A tool in one file: what the model may ask when the documents do not say when a shop is open.

Its registration, in the ``pyproject.toml`` of whoever ships it, and who may call it:

    [project.entry-points."pincite.tools"]
    opening_hours = "opening_hours_tool:opening_hours"

    PINCITE_EXTENSIONS__TOOLS=opening_hours
"""

from langchain_core.tools import tool

_HOURS = {"berlin": "9:00 to 18:00", "lyon": "10:00 to 19:00"}


@tool
def opening_hours(city: str) -> str:
    """When the shop in a city is open."""
    hours = _HOURS.get(city.lower())
    # What it returns is evidence: the answer cites these very words.
    return f"The shop in {city} is open from {hours}." if hours else f"There is no shop in {city}."


# What it does, so that nobody need be asked before it is called: it looks into nothing that is not public,
# changes nothing and sends nothing, so it may be given whatever a model makes of whatever documents.
opening_hours.metadata = {
    "pincite": {
        "reads": False,
        "writes": False,
        "sends_out": False,
        "accepts_untrusted": True,
        "highest": "groups",
        "timeout_s": 5,
    }
}
