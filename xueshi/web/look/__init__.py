"""What every page looks like: layout, components, ways of saying hours, money and moments."""
