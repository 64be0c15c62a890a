package com.acme.modern;

import java.util.List;

public interface FigureService {
    Figure largest(List<Figure> figures);

    Point middle(Dot dot);

    private int helper() {
        return 1;
    }
}
